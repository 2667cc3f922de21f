// What our server answers to a page that reads from it, always anew.

// Throws an Error with the status where there is no answer. Of a reader who is signed out the page is loaded again,
// which leads to signing in; then nothing comes back.
export async function fetchJson(url) {
  const response = await fetch(url, { cache: "no-store" })
  if (response.status === 401) return new Promise(() => location.reload())
  if (!response.ok) throw new Error(response.status)
  return response.json()
}
