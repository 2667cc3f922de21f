// Plotly's script, loaded once from our own server: its smallest build, since all of it would keep a page waiting for a
// second longer, and we draw lines and bars alone. A failure is forgotten, so that the next call tries again.

let script = null

export function loadPlotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly)
  script ??= new Promise((resolve, reject) => {
    const node = document.createElement("script")
    node.src = url
    node.onload = () => resolve(window.Plotly)
    node.onerror = () => {
      script = null
      reject(new Error("plotly"))
    }
    document.head.append(node)
  })
  return script
}
