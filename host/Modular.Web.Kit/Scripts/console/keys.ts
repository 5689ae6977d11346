/** Ctrl+K finds, Ctrl+S saves the page's main form, ? lists the keys. */
export function watchKeys(): void {
  const list = document.querySelector<HTMLDialogElement>("[data-shortcuts]");
  document.querySelector("[data-open-shortcuts]")?.addEventListener("click", () => list?.showModal());

  document.addEventListener("keydown", (event) => {
    const held = event.ctrlKey || event.metaKey;
    if (held && event.key === "k") {
      const find = document.querySelector<HTMLInputElement>("[data-find]");
      if (!find) return;
      event.preventDefault();
      find.focus();
      find.select();
    } else if (held && event.key === "s") {
      const form = document.querySelector<HTMLFormElement>("form[data-main]");
      if (!form) return;
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "?" && !held && !isTyping(event.target)) {
      event.preventDefault();
      list?.showModal();
    }
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}
