// Photos and files of a field: seen at once, taken away again, and never too large to arrive.

export function photos(field, limit) {
  const shots = field.querySelector(".shots");
  const input = field.querySelector("input[type=file]");
  const verb = field.querySelector(".verb");
  const problem = field.querySelector(".problem");
  const chosen = new DataTransfer();

  for (const kept of shots.querySelectorAll(".shot")) offerRemoval(kept, () => kept.remove());
  input.addEventListener("change", () => {
    problem.textContent = "";
    const picked = [...input.files];
    for (const file of picked) {
      const wrong = refusal(file);
      if (wrong) problem.textContent = wrong;
      else add(file);
    }
    input.files = chosen.files;
    name();
  });

  function refusal(file) {
    if (file.size > limit) return `这个有 ${(file.size / 1048576).toFixed(1)} MB，超过 ${Math.floor(limit / 1048576)} MB 的上限，请换小一点的。`;
    return file.size === 0 ? "这个是空的（0 字节），请重新拍一张。" : "";
  }

  function add(file) {
    if (!input.multiple) clear();
    chosen.items.add(file);
    const tile = document.createElement("span");
    tile.className = "shot";
    tile.append(face(file));
    const remove = document.createElement("button");
    Object.assign(remove, { type: "button", className: "remove", textContent: "×" });
    remove.setAttribute("aria-label", `去掉 ${file.name}`);
    tile.append(remove);
    offerRemoval(tile, () => {
      const at = [...chosen.files].indexOf(file);
      if (at >= 0) chosen.items.remove(at);
      input.files = chosen.files;
      tile.remove();
    });
    input.closest(".add").before(tile);
  }

  function face(file) {
    const shown = document.createElement(file.type.startsWith("image/") ? "img" : "span");
    if (shown instanceof HTMLImageElement) {
      shown.src = URL.createObjectURL(file);
      shown.alt = `${field.querySelector("legend").firstChild.textContent.trim()}，还没有提交`;
    } else {
      shown.className = "paper";
      shown.textContent = file.name;
    }
    return shown;
  }

  function clear() {
    chosen.items.clear();
    for (const tile of shots.querySelectorAll(".shot")) tile.remove();
  }

  function offerRemoval(tile, remove) {
    const button = tile.querySelector(".remove");
    button.hidden = false;
    button.addEventListener("click", () => {
      remove();
      name();
      input.focus();
    });
  }

  function name() {
    verb.textContent = shots.querySelector(".shot") ? verb.dataset.more : verb.dataset.first;
  }

  name();
}
