// Leave empty filters out of the address, so that links to share stay short. What was taken back of a question
// is understood of another one.
document.getElementById("search")?.addEventListener("formdata", ({ target, formData }) => {
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
  const box = target.elements.q;
  if (box.value !== box.defaultValue) for (const name of ["interpret", "ignore"]) formData.delete(name);
});
