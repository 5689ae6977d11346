// Passkeys (WebAuthn): a form marked data-passkey asks the server for a question, the browser for an answer, and is sent with it.

const bytes = (text: string): ArrayBuffer =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0)).buffer;

const text = (buffer: ArrayBuffer | null): string | undefined =>
  buffer === null ? undefined : btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

type Named = { id: string };
const named = <T extends Named>(list: T[] | undefined) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function create(options: any): Promise<object | null> {
  const made = (await navigator.credentials.create({
    publicKey: { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: named(options.excludeCredentials) },
  })) as PublicKeyCredential | null;
  if (!made) return null;
  const answer = made.response as AuthenticatorAttestationResponse;
  return {
    ...common(made),
    response: { attestationObject: text(answer.attestationObject), clientDataJSON: text(answer.clientDataJSON), transports: answer.getTransports?.() ?? [] },
  };
}

async function get(options: any): Promise<object | null> {
  const shown = (await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) },
  })) as PublicKeyCredential | null;
  if (!shown) return null;
  const answer = shown.response as AuthenticatorAssertionResponse;
  return {
    ...common(shown),
    response: {
      authenticatorData: text(answer.authenticatorData),
      clientDataJSON: text(answer.clientDataJSON),
      signature: text(answer.signature),
      userHandle: text(answer.userHandle),
    },
  };
}

const common = (credential: PublicKeyCredential) => ({
  id: credential.id,
  rawId: text(credential.rawId),
  type: credential.type,
  authenticatorAttachment: credential.authenticatorAttachment,
  clientExtensionResults: credential.getClientExtensionResults(),
});

async function ask(form: HTMLFormElement): Promise<void> {
  const fault = form.querySelector<HTMLElement>("[role=alert]");
  const button = form.querySelector<HTMLButtonElement>("button");
  if (fault) fault.hidden = true;
  if (button) button.disabled = true;
  try {
    const answer = await fetch(form.dataset.options!, { method: "POST", body: new FormData(form) });
    const options = await answer.json();
    const credential = form.dataset.passkey === "create" ? await create(options) : await get(options);
    if (!credential) throw new Error("no credential");
    (form.elements.namedItem("Credential") as HTMLInputElement).value = JSON.stringify(credential);
    form.submit();
  } catch {
    // Turned away by its owner, or by the browser: it says neither which nor why.
    if (fault) fault.hidden = false;
    if (button) button.disabled = false;
  }
}

export function watchPasskeys(): void {
  document.addEventListener("submit", (event) => {
    const form = (event.target as Element).closest<HTMLFormElement>("form[data-passkey]");
    if (!form) return;
    event.preventDefault();
    void ask(form);
  });
}
