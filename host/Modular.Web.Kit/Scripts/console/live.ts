/**
 * Live regions ask by htmx. Here they learn manners: to rest while nobody looks, to say when the server is gone,
 * and to go to the sign-in page instead of swallowing it when the session has ended.
 */
interface HtmxEvent extends Event {
  detail: {
    elt: HTMLElement;
    xhr: XMLHttpRequest;
    requestConfig?: { path: string };
    shouldSwap: boolean;
    successful?: boolean;
  };
}

export function watchLiveRegions(): void {
  on("htmx:beforeRequest", (event) => {
    if (isLive(event) && (document.hidden || isBusy(event.detail.elt))) event.preventDefault();
  });

  on("htmx:beforeSwap", (event) => {
    if (!isLive(event)) return;
    const asked = new URL(event.detail.requestConfig?.path ?? location.href, location.href).pathname;
    const answered = event.detail.xhr.responseURL ? new URL(event.detail.xhr.responseURL).pathname : asked;
    if (event.detail.xhr.status === 401 || answered !== asked) {
      event.detail.shouldSwap = false;
      location.reload();
      return;
    }
    focused = nameOfFocus(event.detail.elt);
  });
  on("htmx:afterSwap", (event) => giveFocusBack(event.detail.elt));

  on("htmx:sendError", (event) => { if (isLive(event)) sayOffline(true); });
  on("htmx:responseError", (event) => { if (isLive(event)) sayOffline(true); });
  on("htmx:afterRequest", (event) => { if (event.detail.successful) sayOffline(false); });

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const region of document.querySelectorAll<HTMLElement>("[data-live]")) htmx()?.trigger(region, "look");
  });
}

function on(name: string, handle: (event: HtmxEvent) => void): void {
  document.addEventListener(name, (event) => handle(event as HtmxEvent));
}

function isLive(event: HtmxEvent): boolean {
  return event.detail.elt?.dataset?.live !== undefined;
}

/** Somebody is typing, choosing, marking text or reading something unfolded inside: it is not taken away under their hands. */
function isBusy(region: HTMLElement): boolean {
  const active = document.activeElement;
  const typing = active instanceof HTMLElement && region.contains(active) && active.matches("input, textarea, select");
  const marked = getSelection();
  const marking = marked !== null && !marked.isCollapsed && region.contains(marked.anchorNode);
  return typing || marking || region.querySelector("details[open]") !== null;
}

/** What had the focus before the region was replaced, by what it does: its twin in the new one gets it back. */
let focused: string | undefined;

const focusable = "a[href], button, summary, [tabindex]";

function nameOfFocus(region: HTMLElement): string | undefined {
  const active = document.activeElement;
  return active instanceof HTMLElement && region.contains(active) ? nameOf(active) : undefined;
}

function nameOf(element: HTMLElement): string {
  const form = element.closest("form");
  return [element.tagName, element.getAttribute("href") ?? form?.getAttribute("action") ?? "", element.textContent?.trim()].join(" ");
}

function giveFocusBack(region: HTMLElement): void {
  if (focused === undefined) return;
  const twin = [...region.querySelectorAll<HTMLElement>(focusable)].find((element) => nameOf(element) === focused);
  focused = undefined;
  twin?.focus({ preventScroll: true });
}

function sayOffline(offline: boolean): void {
  const line = document.querySelector<HTMLElement>("[data-offline]");
  if (line) line.hidden = !offline;
}

function htmx(): { trigger(element: Element, name: string): void } | undefined {
  return (window as unknown as { htmx?: { trigger(element: Element, name: string): void } }).htmx;
}
