// Declares to the document whether the page is light or dark: dialogs, popovers and menus hang outside the app's own
// element, which alone knows it, and our colours follow it.

export function declareTheme(element) {
  document.documentElement.style.colorScheme = getComputedStyle(element).colorScheme
}
