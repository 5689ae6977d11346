import { setCookie } from "./zone";

/** Fired on the document when the colours have changed: what draws by itself draws again. */
export const themeChanged = "modular:theme";

export function watchTheme(): void {
  document.querySelector<HTMLFormElement>("[data-theme-choice]")?.addEventListener("submit", (event) => {
    const chosen = event.submitter as HTMLButtonElement | null;
    if (!chosen) return;
    event.preventDefault();
    document.documentElement.dataset.theme = chosen.value;
    setCookie("theme", chosen.value);
    for (const button of chosen.form!.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === chosen));
    document.dispatchEvent(new Event(themeChanged));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new Event(themeChanged)));
}
