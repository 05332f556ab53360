// Frames of modules' own scripts. They stand on an origin that is nobody's; what passes between is their data and their height.

/** No frame is taller, whatever it says. */
const TALLEST = 4000;

// Whoever is in the frame by now, it is the module's own data and no more.
function tell(frame) {
  frame.contentWindow.postMessage({ caisson: 'data', data: JSON.parse(frame.dataset.frame) }, '*');
}

/** The frame that a message comes from: known by its window, since its origin says nothing. */
function frameOf(event) {
  if (event.origin !== 'null') return undefined;
  return [...document.querySelectorAll('iframe.module-frame')].find((frame) => frame.contentWindow === event.source);
}

window.addEventListener('message', (event) => {
  const frame = frameOf(event);
  const said = event.data;
  if (!frame || typeof said !== 'object' || said === null) return;
  if (said.caisson === 'ready') {
    tell(frame);
  } else if (said.caisson === 'height' && Number.isFinite(said.height)) {
    frame.height = Math.min(Math.max(Math.ceil(said.height), 40), TALLEST);
  }
});

// A frame may have asked before anybody listened.
document.querySelectorAll('iframe.module-frame').forEach(tell);
