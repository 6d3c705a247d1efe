// Pure functions from captured exchanges to text.

export function bytes(n) {
  if (n < 1000) return `${n} B`;
  if (n < 1_000_000) return `${(n / 1000).toFixed(n < 10_000 ? 1 : 0)} kB`;
  return `${(n / 1_000_000).toFixed(1)} MB`;
}

export function millis(ms) {
  if (ms < 0) return '…';
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(2)} s`;
}

export const clock = (epoch) => new Date(epoch).toLocaleTimeString(undefined, { hour12: false });

export const statusClass = (exchange) =>
  exchange.phase === 'broken' ? 'broken' : exchange.status ? `s${Math.floor(exchange.status / 100)}` : 'running';

export const statusText = (exchange) =>
  exchange.status || (exchange.phase === 'broken' ? 'lost' : '…');

// Words must all be found somewhere; field:word looks in one field only.
export function matches(exchange, filter) {
  const fields = {
    method: exchange.method,
    path: exchange.path,
    status: String(statusText(exchange)),
    tunnel: exchange.tunnel,
    type: exchange.type ?? '',
    client: exchange.client,
    host: exchange.host ?? '',
  };
  const all = Object.values(fields).join(' ').toLowerCase();
  return filter.toLowerCase().split(/\s+/).every((word) => {
    const colon = word.indexOf(':');
    const field = colon > 0 ? fields[word.slice(0, colon)] : undefined;
    if (field === undefined) return all.includes(word);
    const wanted = word.slice(colon + 1);
    return /^[1-5]xx$/.test(wanted)
      ? field.startsWith(wanted[0])
      : field.toLowerCase().includes(wanted);
  });
}

export function query(path) {
  const at = path.indexOf('?');
  return at < 0 ? [] : [...new URLSearchParams(path.slice(at + 1))];
}

export function form(body) {
  const isForm = (body.type ?? '').startsWith('application/x-www-form-urlencoded');
  return isForm && body.text !== undefined ? [...new URLSearchParams(body.text)] : [];
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

// What a shell needs to ask the public URL the same.
export function curl(exchange) {
  const path = exchange.path.startsWith('/') ? exchange.path : '';
  const lines = [`curl ${quoted(exchange.url + path)}`];
  if (exchange.method !== 'GET') lines.push(`-X ${quoted(exchange.method)}`);
  const skipped = /^(host|content-length|connection|transfer-encoding|x-forwarded-.*|accept-encoding)$/i;
  for (const [name, value] of exchange.request.headers) {
    if (!skipped.test(name)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  }
  const { text, size } = exchange.request.body;
  if (size > 0 && text !== undefined) lines.push(`--data-raw ${quoted(text)}`);
  return lines.join(' \\\n  ');
}
