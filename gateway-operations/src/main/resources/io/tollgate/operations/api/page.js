'use strict';

// Shows the description in Swagger UI, keeps the token that a login answers with, and says what is left of the rate limit.

const SCHEME = 'accessToken';
const session = document.getElementById('session');
const forget = document.getElementById('forget');
const limit = document.getElementById('limit');

// The latest refresh token: for the next refresh or logout of this visit, and gone with the page.
let refreshToken = null;

const ui = SwaggerUIBundle({
  url: 'openapi.json',
  domNode: document.getElementById('api'),
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: false,
  persistAuthorization: true,
  syntaxHighlight: { activated: true, theme: 'agate' },
  tryItOutEnabled: true,
  validatorUrl: null,
  requestInterceptor: putRefreshTokenIn,
  responseInterceptor: learn,
  onComplete: () => {
    document.title = document.querySelector('.info .title')?.firstChild?.textContent ?? document.title;
    session.hidden = scheme() === undefined;
    renewExamples();
    showSession(isAuthorized() ? 'A token of an earlier visit is sent along.' : null);
  },
});

/** The example of a refresh or a logout stands for the latest token. */
function putRefreshTokenIn(request) {
  if (refreshToken && typeof request.body === 'string' && request.body.includes('"the-latest"')) {
    request.body = request.body.replace('"the-latest"', JSON.stringify(refreshToken));
  }
  return request;
}

/**
 * Fills the box of each request whose example must be new, such as a registration: the properties in "x-unique" get a suffix, so
 * that every attempt is the first of its kind.
 */
function renewExamples() {
  const suffix = Math.random().toString(36).slice(2, 8);
  for (const [path, operations] of Object.entries(ui.specSelectors.specJson().get('paths').toJS())) {
    for (const [method, operation] of Object.entries(operations)) {
      const example = operation.requestBody?.content?.['application/json']?.example;
      const unique = operation.requestBody?.['x-unique'];
      if (example && unique) {
        const value = { ...example };
        unique.forEach(name => { value[name] = value[name].replace(/^[^@]*/, start => `${start}-${suffix}`); });
        ui.oas3Actions.setRequestBodyValue({ value: JSON.stringify(value, null, 2), pathMethod: [path, method] });
      }
    }
  }
}

/** Takes from an answer what there is to know; the answer itself is not touched. */
function learn(response) {
  try {
    if (response.headers?.['x-ratelimit-limit']) {
      showLimit(response.status, response.headers, response.body);
    }
    const path = new URL(response.url).pathname;
    if (response.status === 204 && path.endsWith('/users/logout')) {
      forgetToken('Logged out.');
    } else if (response.ok && /\/users\/(register|login|refresh)$/.test(path)) {
      remember(JSON.parse(response.text));
      if (response.status === 201) {
        renewExamples();
      }
    }
  } catch (e) {
    console.error('What the answer says could not be shown', e);
  }
  return response;
}

function remember(answer) {
  const schema = scheme()?.toJS();
  if (!answer.accessToken || schema === undefined) {
    return;
  }
  refreshToken = answer.refreshToken ?? refreshToken;
  ui.authActions.authorizeWithPersistOption({ [SCHEME]: { name: SCHEME, schema, value: answer.accessToken } });
  showSession(answer.user
    ? `Logged in as ${answer.user.username}: the token is remembered and sent along.`
    : 'The fresh token is remembered and sent along.');
}

function forgetToken(why) {
  refreshToken = null;
  ui.authActions.logoutWithPersistOption([SCHEME]);
  showSession(why);
}

/** The description's scheme for access tokens, if it has one. */
function scheme() {
  return ui.specSelectors.specJson().getIn(['components', 'securitySchemes', SCHEME]);
}

function isAuthorized() {
  return Boolean(ui.authSelectors.authorized()?.get(SCHEME));
}

function showSession(text) {
  session.textContent = text ?? 'No token yet: register or log in below.';
  forget.hidden = !isAuthorized();
}

function showLimit(status, headers, body) {
  const [left, all, rate] = ['remaining', 'limit', 'refillrate'].map(name => headers['x-ratelimit-' + name]);
  const refused = status === 429 && body?.code === 'RATE_LIMIT_EXCEEDED';
  limit.classList.toggle('refused', refused);
  limit.textContent = refused
    ? `Rate limit: refused, none of ${all} left; refilled at ${rate}/s. Try again in ${headers['retry-after']} s.`
    : `Rate limit: ${left} of ${all} left, refilled at ${rate}/s`;
}

forget.addEventListener('click', () => forgetToken('The token is forgotten.'));
