// Say when a session is where the reader is, if the clock there shows something else.
for (const place of document.querySelectorAll(".here[data-starts]")) {
  const starts = new Date(place.dataset.starts);
  const offset = /([+-])(\d\d):(\d\d)$/.exec(place.dataset.starts);
  if (!offset || isNaN(starts)) continue;
  const there = Number(`${offset[1]}1`) * (Number(offset[2]) * 60 + Number(offset[3]));
  const ahead = -starts.getTimezoneOffset() - there;
  if (!ahead) continue;
  const day = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const write = (moment, parts) => new Intl.DateTimeFormat("en-GB", parts).format(moment).replaceAll(",", "");
  const [first, last] = [starts, new Date(place.dataset.ends ?? NaN)].map((moment) =>
    isNaN(moment) ? [] : [write(moment, day), write(moment, clock)]);
  const until = !last.length ? "" : last[0] === first[0] ? `–${last[1]}` : ` to ${last[0]}, ${last[1]}`;
  const [hours, minutes] = [Math.floor(Math.abs(ahead) / 60), Math.abs(ahead) % 60];
  const difference = [hours && `${hours} h`, minutes && `${minutes} min`].filter(Boolean).join(" ");
  place.textContent = `Where you are: ${first[0]}, ${first[1]}${until} (${difference} ${ahead > 0 ? "later" : "earlier"})`;
  place.hidden = false;
}

// Share a session: by what the device shares with, else by copying its address.
for (const button of document.querySelectorAll(".share")) {
  const url = new URL(button.dataset.address, location.href).href;
  const status = button.nextElementSibling;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      if (navigator.share) return await navigator.share({ title: document.title, url });
      await navigator.clipboard.writeText(url);
      status.textContent = "Link copied";
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = url;  // nothing may copy here: it can be by hand
    }
  });
}
