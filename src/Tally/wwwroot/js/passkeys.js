// Passkeys: a form with data-passkey-create or data-passkey-get names where the options come from; the browser's answer goes into its field "credential", and the form is sent as any other.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const keys = (list) => (list ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

async function options(form, url) {
  const answer = await fetch(url, { method: 'POST', headers: { 'X-Form-Token': form.elements._token.value } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

async function create(form) {
  const asked = await options(form, form.dataset.passkeyCreate);
  return navigator.credentials.create({ publicKey: { ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: keys(asked.excludeCredentials) } });
}

async function get(form) {
  const asked = await options(form, form.dataset.passkeyGet);
  return navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: keys(asked.allowCredentials) } });
}

// As PublicKeyCredential.toJSON would, which not every browser has.
function json(credential) {
  const { response } = credential;
  const own = response.attestationObject
    ? { attestationObject: text(response.attestationObject), transports: response.getTransports?.() ?? [] }
    : { authenticatorData: text(response.authenticatorData), signature: text(response.signature), userHandle: response.userHandle ? text(response.userHandle) : null };
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { clientDataJSON: text(response.clientDataJSON), ...own },
  });
}

export function start(element) {
  const form = element.matches('form') ? element : element.querySelector('form[data-passkey-create],form[data-passkey-get]');
  if (!window.PublicKeyCredential) return;
  const problem = form.querySelector('[data-passkey-problem]');
  form.hidden = false;
  form.querySelector('[data-passkey-button]').disabled = false;
  form.querySelector('[data-passkey-hint]')?.remove();
  form.addEventListener('submit', async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    problem.hidden = true;
    try {
      form.elements.credential.value = json(await (form.dataset.passkeyCreate ? create(form) : get(form)));
    } catch (error) {
      // The visitor said no, or the device has no passkey for us: the page says so, and nothing was sent.
      console.info(error);
      problem.hidden = false;
      delete form.dataset.sent;
      return;
    }
    delete form.dataset.sent;
    form.requestSubmit();
  });
}
