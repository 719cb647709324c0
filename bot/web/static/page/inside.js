// Inside the platform's own app: the app says who has it open. Where it does not, the login of browsers does.

const PATIENCE = 6000;

const page = document.getElementById("inside");
let left = false;

function leave(address) {
  if (left) return;
  left = true;
  location.replace(address);
}

function ask() {
  const asked = {
    corpId: page.dataset.corp,
    clientId: page.dataset.client,
    onSuccess: (given) => leave(`${page.dataset.back}&code=${encodeURIComponent(given.code)}`),
    onFail: () => leave(page.dataset.other),
  };
  const call = window.dd.requestAuthCode ?? window.dd.runtime.permission.requestAuthCode;
  call({ ...asked, success: asked.onSuccess, fail: asked.onFail });
}

setTimeout(() => leave(page.dataset.other), PATIENCE);
try {
  if (window.dd.ready) window.dd.ready(ask);
  else ask();
} catch {
  leave(page.dataset.other);
}
