/** The files of a mounted file system, by the calls of Linux: no path and no link leads out of it. */
@NullMarked
package firstlight.image.tree;

import org.jspecify.annotations.NullMarked;
