// Where the phone is. Without it the page says what to press, and takes typed coordinates.

const PATIENCE = 12000;
const WORDS = {
  1: "浏览器没有拿到定位权限。请在手机设置里允许它用位置，再点一次；也可以在下面手填。",
  2: "这里暂时定位不到。走到窗边或室外再点一次；也可以在下面手填。",
  3: "定位用了太久。走到窗边或室外再点一次；也可以在下面手填。",
};
const NONE = "这个浏览器不能定位，请在下面手填，或者回到聊天里发位置。";

export function place(field) {
  const button = field.querySelector(".locate");
  const where = field.querySelector(".where");
  const typed = field.querySelector(".typed");
  const input = typed.querySelector("input");

  button.hidden = false;
  typed.hidden = true;
  if (!navigator.geolocation || !window.isSecureContext) {
    button.hidden = true;
    failed(NONE);
  }
  if (input.value) show();
  if (field.classList.contains("wrong")) typed.hidden = false;

  button.addEventListener("click", () => {
    button.disabled = true;
    button.classList.add("working");
    navigator.geolocation.getCurrentPosition(found, (error) => { over(); failed(WORDS[error.code] ?? WORDS[2]); }, {
      enableHighAccuracy: true,
      timeout: PATIENCE,
      maximumAge: 30000,
    });
  });

  function found({ coords }) {
    over();
    input.value = `${coords.latitude.toFixed(6)},${coords.longitude.toFixed(6)},${Math.round(coords.accuracy)}`;
    typed.hidden = true;
    show();
  }

  function over() {
    button.disabled = false;
    button.classList.remove("working");
  }

  function show() {
    const [latitude, longitude, metres] = input.value.split(",");
    const got = document.createElement("b");
    got.textContent = metres ? `已定位，误差约 ${Math.round(Number(metres))} 米` : "已定位";
    const spot = document.createElement("span");
    spot.className = "small";
    spot.textContent = `${Number(latitude).toFixed(5)}, ${Number(longitude).toFixed(5)}`;
    where.classList.remove("failed");
    where.replaceChildren(got, spot);
    button.querySelector("span").textContent = "重新定位";
  }

  function failed(words) {
    where.classList.add("failed");
    where.textContent = words;
    typed.hidden = false;
  }
}
