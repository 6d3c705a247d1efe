// The page's state, and what happens to it. Every change draws the page anew.

import { h, render } from './preact.module.js';
import * as api from './api.js';
import { Details } from './details.js';
import { Editor } from './editor.js';
import { List } from './list.js';
import { curl, matches } from './text.js';

const state = {
  exchanges: new Map(),
  selected: null,
  details: null,
  filter: '',
  connected: true,
  paused: false,
  tunnels: [],
  session: null,
  tab: 'response',
  raw: false,
  secrets: false,
  editing: false,
  help: false,
  follow: null,
  said: '',
};

const app = document.getElementById('app');
app.textContent = '';
let drawn = false;

function change(next) {
  Object.assign(state, next);
  if (!drawn) {
    drawn = true;
    requestAnimationFrame(() => {
      drawn = false;
      render(h(App), app);
    });
  }
}

let silence;
function say(said) {
  change({ said });
  clearTimeout(silence);
  silence = setTimeout(() => change({ said: '' }), 4000);
}

const attempt = (what) => (...args) => what(...args).catch((error) => say(error.message));

const visible = () => [...state.exchanges.values()].reverse().filter((exchange) => matches(exchange, state.filter));

function news(event) {
  if (event.cleared) state.exchanges.clear();
  for (const id of state.exchanges.keys()) {
    if (id < event.oldest) state.exchanges.delete(id);
  }
  event.exchanges.sort((a, b) => a.id - b.id);
  for (const exchange of event.exchanges) state.exchanges.set(exchange.id, exchange);
  const tunnels = event.status.sessions.flatMap((session) => session.tunnels);
  change({ paused: event.paused, tunnels, session: event.status.sessions[0] });
  if (state.follow && state.exchanges.has(state.follow)) {
    const id = state.follow;
    state.follow = null;
    select(id);
  } else if (state.selected && event.exchanges.some(({ id }) => id === state.selected)) {
    select(state.selected);
  }
  if (state.selected && !state.exchanges.has(state.selected)) change({ selected: null, details: null });
}

const select = attempt(async (id) => {
  change({ selected: id });
  const details = await api.details(id, state.secrets);
  if (state.selected === id) change({ details });
});

const close = () => change({ selected: null, details: null });

// Shows the new exchange as soon as it is known here.
async function send(edit) {
  const { id } = await api.replay(state.selected, edit);
  change({ editing: false });
  say('Sent');
  if (state.exchanges.has(id)) select(id);
  else state.follow = id;
}

const replay = attempt(send);

const clear = attempt(async () => {
  await api.clear();
  close();
});

const pause = attempt(() => api.pause(!state.paused));

const copyCurl = attempt(async () => {
  await navigator.clipboard.writeText(curl(state.details));
  say('Copied');
});

function move(by) {
  const list = visible();
  if (!list.length) return;
  const at = list.findIndex(({ id }) => id === state.selected);
  const next = list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + by))];
  select(next.id);
  document.getElementById(`r${next.id}`)?.scrollIntoView({ block: 'nearest' });
}

const KEYS = [
  ['↓ j, ↑ k', 'next, previous request'],
  ['/', 'filter'],
  ['r', 'replay'],
  ['e', 'edit and replay'],
  ['c', 'copy as cURL'],
  ['p', 'pause, go on'],
  ['Esc', 'close'],
  ['?', 'this help'],
];

function key(event) {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key === 'Escape' && !state.editing) {
    event.target.blur?.();
    change({ help: false });
    if (!typing) close();
    return;
  }
  if (typing || state.editing || event.ctrlKey || event.metaKey || event.altKey) return;
  const actions = {
    ArrowDown: () => move(1), j: () => move(1), ArrowUp: () => move(-1), k: () => move(-1),
    '/': () => document.getElementById('filter').focus(),
    '?': () => change({ help: !state.help }),
    p: pause,
    ...(state.details && {
      c: copyCurl,
      ...(!state.details.webSocket && { r: () => replay(), e: () => change({ editing: true }) }),
    }),
  };
  if (actions[event.key]) {
    event.preventDefault();
    actions[event.key]();
  }
}

function theme() {
  const order = ['auto', 'light', 'dark'];
  const now = document.documentElement.dataset.theme ?? 'auto';
  setTheme(order[(order.indexOf(now) + 1) % 3]);
}

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  try {
    localStorage.setItem('theme', name);
  } catch {
    // Not kept, then.
  }
  change({});
}

function App() {
  const list = visible();
  return h('div', { class: `page ${state.selected ? 'has-selection' : ''}` },
    h(Bar),
    h('main', null,
      h('section', { class: 'requests', 'aria-label': 'Requests' },
        h('div', { class: 'tools' },
          h('input', { id: 'filter', type: 'search', placeholder: 'Filter: words, status:5xx, method:POST',
            'aria-label': 'Filter requests', value: state.filter,
            onInput: (event) => change({ filter: event.target.value }) }),
          h('span', { class: 'count' }, `${list.length}${state.filter ? ` of ${state.exchanges.size}` : ''}`)),
        h(List, { exchanges: list, selected: state.selected, total: state.exchanges.size,
          manyTunnels: state.tunnels.length > 1, onSelect: select })),
      state.details && state.selected
        ? h(Details, { exchange: state.details, tab: state.tab, raw: state.raw, secrets: state.secrets, on: {
          close, replay: () => replay(), edit: () => change({ editing: true }), curl: copyCurl,
          tab: (tab) => change({ tab }), raw: () => change({ raw: !state.raw }),
          secrets: () => { change({ secrets: !state.secrets }); select(state.selected); },
        } })
        : h('div', { class: 'details placeholder' }, h('p', null, 'Choose a request. ', h('kbd', null, '?'), ' shows the keys.'))),
    state.editing && state.details && h(Editor, { key: state.details.id, exchange: state.details,
      onSend: send, onClose: () => change({ editing: false }) }),
    state.help && h('div', { class: 'help', role: 'dialog', 'aria-label': 'Keys' },
      h('table', null, h('tbody', null, KEYS.map(([keys, what]) =>
        h('tr', { key: keys }, h('th', { scope: 'row' }, keys), h('td', null, what)))))),
    h('div', { class: `said ${state.said ? 'shown' : ''}`, role: 'status' }, state.said));
}

function Bar() {
  const online = state.connected && state.session?.state === 'online';
  const urls = state.tunnels.flatMap((tunnel) => tunnel.urls.map((url) => [tunnel.name, url]));
  return h('header', { class: 'bar' },
    h('h1', null, h('img', { src: 'icon.svg', alt: '' }), 'pgrok'),
    h('span', { class: `state ${online ? 'online' : ''}` },
      !state.connected ? 'agent gone' : state.session?.state ?? 'connecting'),
    h('nav', { 'aria-label': 'Tunnels' }, urls.map(([name, url]) =>
      h('a', { key: url, href: /^https?:/.test(url) ? url : undefined, title: name, target: '_blank', rel: 'noopener noreferrer' }, url))),
    h('div', { class: 'actions' },
      h('button', { onClick: pause, 'aria-pressed': state.paused, title: 'p' }, state.paused ? 'Paused' : 'Pause'),
      h('button', { onClick: clear }, 'Clear'),
      h('a', { class: 'button', href: api.harUrl(null, state.secrets), download: 'pgrok.har' }, 'HAR'),
      h('button', { onClick: theme, title: 'Colours' }, `Theme: ${document.documentElement.dataset.theme ?? 'auto'}`)));
}

try {
  setTheme(localStorage.getItem('theme') ?? 'auto');
} catch {
  setTheme('auto');
}
addEventListener('keydown', key);
api.live(news, (connected) => change({ connected }));
