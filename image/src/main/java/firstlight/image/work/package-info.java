/** What capture and restore share: cells of a region, threads that work on them, and how far they are. */
@NullMarked
package firstlight.image.work;

import org.jspecify.annotations.NullMarked;
