// Makes elements. Whatever comes from outside becomes text, never markup.

export const byId = id => document.getElementById(id);

/** el('td', {class: 'number'}, 'text', otherElement) */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

/** Changes the text only where it is another, so that screen readers are not told again. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** A table in a region that can be scrolled with the keyboard. */
export function table(caption, columns, rows, kind = '') {
  const head = columns.map(({title, number}) => el('th', {scope: 'col', class: number ? 'number' : null}, title));
  return el('div', {class: 'scroll', role: 'region', 'aria-label': caption, tabindex: '0'},
    el('table', {class: kind},
      el('caption', {class: 'hidden'}, caption),
      el('thead', {}, el('tr', {}, ...head)),
      el('tbody', {}, ...rows)));
}

export const cell = (content, attributes = {}) => el('td', attributes, content);

/** Puts {@code content} in the place of what was there, keeping how far it was scrolled and who had the focus. */
export function show(where, content) {
  const before = where.querySelector('.scroll');
  const top = before ? before.scrollTop : 0;
  const focused = before !== null && before === document.activeElement;
  where.replaceChildren(content);
  const after = where.querySelector('.scroll');
  if (after) {
    after.scrollTop = top;
    if (focused) {
      after.focus({preventScroll: true});
    }
  }
}

export const empty = (text, command) => el('p', {class: 'empty'}, text, command ? el('code', {}, command) : null);
