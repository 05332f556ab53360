// Tries everything that a script on the panel's own origin could do, and says what came of it.

const found = {};

function tried(name, deed) {
  try {
    const got = deed();
    found[name] = got === null || got === undefined ? 'refused' : `got ${got}`;
  } catch (error) {
    found[name] = 'refused';
  }
}

async function awaited(name, deed) {
  try {
    found[name] = `got ${await deed()}`;
  } catch (error) {
    found[name] = 'refused';
  }
}

function loaded(element, address) {
  return new Promise((resolve, reject) => {
    element.onload = () => resolve(address);
    element.onerror = () => reject(new Error(address));
    element.src = address;
    document.body.append(element);
  });
}

tried('the document of the panel', () => parent.document.title);
tried('the frame element', () => frameElement.id);
tried('a function of the panel', () => parent.alert);
tried('the address of the panel', () => parent.location.href);
tried('leading the panel away', () => { top.location.href = '/stolen'; return 'led away'; });
tried('a cookie', () => document.cookie);
tried('a cookie of its own', () => { document.cookie = 'a=b'; return document.cookie; });
tried('storage', () => localStorage.length);
tried('storage of a session', () => sessionStorage.length);
tried('a database', () => indexedDB.open('a').name.length);
tried('a window', () => open('/admin'));
tried('code from text', () => new Function('return 1')());

parent.postMessage('<img src=x onerror=alert(1)>', '*');
parent.postMessage({ caisson: 'eval', code: 'alert(1)' }, '*');
parent.postMessage({ caisson: 'height', height: 1e9 }, '*');

addEventListener('message', (event) => {
  if (event.data?.caisson !== 'data') return;
  found.data = event.data.data;
  report();
});
parent.postMessage({ caisson: 'ready' }, '*');

let over = false;

/** Says it all, once everything was tried and the data are there. */
function report() {
  if (over && found.data) document.getElementById('root').textContent = JSON.stringify(found);
}

const panel = new URL('/', document.baseURI).origin;
Promise.all([
  awaited('a page of the panel', async () => (await fetch(`${panel}/admin`, { credentials: 'include' })).status),
  awaited('the API of the panel', async () => (await fetch(`${panel}/api/v1/modules`)).status),
  awaited('another server', async () => (await fetch('http://127.0.0.1:9/', { mode: 'no-cors' })).type),
  awaited('an image of the panel', () => loaded(new Image(), `${panel}/admin`)),
  awaited('a worker', () => new Promise((resolve, reject) => {
    const worker = new Worker('data:text/javascript,postMessage(1)');
    worker.onmessage = resolve;
    worker.onerror = reject;
  })),
  awaited('a page within', () => new Promise((resolve, reject) => {
    const inner = document.createElement('iframe');
    inner.src = `${panel}/admin`;
    document.addEventListener('securitypolicyviolation', () => reject(new Error('policy')), { once: true });
    inner.onload = () => resolve('loaded');
    document.body.append(inner);
  })),
]).then(() => {
  over = true;
  report();
});
