/**
 * Where menus open: in a landmark of their own beside the page, so that a screen reader finds them as it finds everything else.
 * The page (`index.html`) has it from the start; on another page menus open at the end of the body.
 */
export const menuPlace = (): HTMLElement | null => document.getElementById("menus");
