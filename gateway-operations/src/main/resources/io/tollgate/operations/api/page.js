'use strict';

// Shows the description in Swagger UI, keeps the token that a login answers with, and says what is left of the rate limit.

const SCHEME = 'accessToken';
const session = document.getElementById('session');
const forget = document.getElementById('forget');
const limit = document.getElementById('limit');

// The latest refresh token: for the next refresh or logout of this visit, and gone with the page.
let refreshToken = null;

// The examples that must be new for every attempt, as the description has them.
const examples = [];

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
 * Makes the examples new that must be, such as that of a registration, so that every attempt is the first of its kind: the
 * properties in "x-unique" get a suffix.
 */
function withNewExamples(text) {
  const description = JSON.parse(text);
  for (const [path, operations] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const media = operation.requestBody?.content?.['application/json'];
      const unique = operation.requestBody?.['x-unique'];
      if (media?.example && unique) {
        examples.push({ pathMethod: [path, method], example: media.example, unique });
        media.example = renewed(media.example, unique);
      }
    }
  }
  return JSON.stringify(description);
}

function renewed(example, unique) {
  const suffix = Math.random().toString(36).slice(2, 8);
  const value = { ...example };
  unique.forEach(name => { value[name] = value[name].replace(/^[^@]*/, start => `${start}-${suffix}`); });
  return value;
}

/** Fills the boxes of these requests anew. */
function renewExamples() {
  examples.forEach(({ pathMethod, example, unique }) => ui.oas3Actions.setRequestBodyValue(
    { value: JSON.stringify(renewed(example, unique), null, 2), pathMethod }));
}

/** Takes from an answer what there is to know; the answer itself is not touched. */
function learn(response) {
  try {
    if (response.headers?.['x-ratelimit-limit']) {
      showLimit(response.status, response.headers, response.body);
    }
    const path = new URL(response.url).pathname;
    if (response.ok && path.endsWith('/openapi.json')) {
      response.text = withNewExamples(response.text);
    }
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
