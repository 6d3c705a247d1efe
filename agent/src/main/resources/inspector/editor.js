// A request to change and send.

import { h, Component } from './preact.module.js';

export class Editor extends Component {
  constructor({ exchange }) {
    super();
    const { request } = exchange;
    this.state = {
      method: exchange.method,
      path: exchange.path,
      headers: request.headers.map(([name, value]) => `${name}: ${value}`).join('\n'),
      body: request.body.text ?? '',
      binary: request.body.text === undefined && request.body.size > 0,
      error: '',
    };
  }

  componentDidMount() {
    this.dialog.showModal();
  }

  async send(event) {
    event.preventDefault();
    const { method, path, headers, body, binary } = this.state;
    const lines = headers.split('\n').filter((line) => line.trim());
    const wrong = lines.find((line) => line.indexOf(':') < 1);
    if (wrong) {
      this.setState({ error: `A header is 'Name: value', not '${wrong}'.` });
      return;
    }
    const pairs = lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    });
    // A body that was decoded to be shown is sent as it is shown.
    const { decoded, text } = this.props.exchange.request.body;
    const changed = !binary && (body !== (text ?? '') || decoded?.length > 0);
    const sent = changed ? pairs.filter(([name]) => name.toLowerCase() !== 'content-encoding') : pairs;
    try {
      await this.props.onSend({ method: method.trim(), path: path.trim(), headers: sent, ...(changed ? { body } : {}) });
    } catch (error) {
      this.setState({ error: error.message });
    }
  }

  render({ onClose }, { method, path, headers, body, binary, error }) {
    const field = (name) => ({ id: `edit-${name}`, value: this.state[name],
      onInput: (event) => this.setState({ [name]: event.target.value }) });
    return h('dialog', { ref: (element) => { this.dialog = element; }, onClose, 'aria-labelledby': 'edit-title' },
      h('form', { onSubmit: (event) => this.send(event) },
        h('h2', { id: 'edit-title' }, 'Edit and replay'),
        h('div', { class: 'line' },
          h('label', { for: 'edit-method' }, 'Method', h('input', { ...field('method'), size: 8, spellcheck: false })),
          h('label', { for: 'edit-path', class: 'grow' }, 'Path', h('input', { ...field('path'), spellcheck: false }))),
        h('label', { for: 'edit-headers' }, 'Headers ', h('small', null, 'a masked value is sent as it was captured')),
        h('textarea', { ...field('headers'), rows: 8, spellcheck: false }),
        h('label', { for: 'edit-body' }, 'Body'),
        binary ? h('p', { class: 'note' }, 'Not text: it is sent as it was captured.')
          : h('textarea', { ...field('body'), rows: 8, spellcheck: false }),
        error && h('p', { class: 'error', role: 'alert' }, error),
        h('div', { class: 'actions' },
          h('button', { class: 'primary' }, 'Send'),
          h('button', { type: 'button', onClick: onClose }, 'Cancel'))));
  }
}
