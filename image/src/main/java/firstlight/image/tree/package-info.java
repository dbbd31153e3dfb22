/**
 * The files of a mounted file system by their paths, as text, by the calls of Linux: no path and no link leads out of it. For add-ons;
 * copies of whole file systems take names as octets ({@link firstlight.image.disk.Folder}).
 */
@NullMarked
package firstlight.image.tree;

import org.jspecify.annotations.NullMarked;
