// Everything that goes to the agent. Paths are relative: the page may be behind a tunnel.

async function ask(path, options) {
  const answer = await fetch(path, options);
  if (!answer.ok) {
    const text = await answer.text();
    let why = text;
    try {
      why = JSON.parse(text).error ?? text;
    } catch {
      // Plain text.
    }
    throw new Error(why || `status ${answer.status}`);
  }
  return answer.status === 204 ? null : answer.json();
}

const post = (path, json) =>
  ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(json) });

export const details = (id, secrets) => ask(`api/requests/${id}${secrets ? '?secrets=1' : ''}`);
export const replay = (id, edit) => post(`api/requests/${id}/replay`, edit ?? {});
export const clear = () => ask('api/requests', { method: 'DELETE' });
export const pause = (paused) => post('api/capture', { paused });
export const bodyUrl = (id, side) => `api/requests/${id}/${side}`;
export const harUrl = (id, secrets) => {
  const query = new URLSearchParams();
  if (id) query.set('id', id);
  if (secrets) query.set('secrets', '1');
  return `api/requests.har?${query}`;
};

// Calls onNews with each event, onState with whether the agent is there.
export function live(onNews, onState) {
  const source = new EventSource('api/live');
  source.onopen = () => onState(true);
  source.onerror = () => onState(false);
  source.onmessage = (event) => onNews(JSON.parse(event.data));
}
