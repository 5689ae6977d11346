/** A filter applies as soon as it is chosen. Empty ones stay out of the address, so that a shared link says only what was asked. */
export function watchFilters(): void {
  document.addEventListener("change", (event) => {
    const control = event.target as HTMLElement;
    if (control.matches("select")) control.closest<HTMLFormElement>("form[data-filters]")?.requestSubmit();
  });
  document.addEventListener("formdata", (event) => {
    if (!(event.target as HTMLElement).matches("form[data-filters]")) return;
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
}
