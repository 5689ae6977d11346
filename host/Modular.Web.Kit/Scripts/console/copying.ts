/** Copies the exact text, and says so for a moment. */
export function watchCopying(): void {
  document.addEventListener("click", async (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy!);
    button.dataset.copied = "";
    const use = button.querySelector("use");
    const icon = use?.getAttribute("href") ?? "";
    use?.setAttribute("href", icon.replace(/#.*/, "#check"));
    setTimeout(() => {
      delete button.dataset.copied;
      use?.setAttribute("href", icon);
    }, 1500);
  });
}
