/** Images on disks of another size: the plan, made and told beforehand, and the file systems' own tools that carry it out. */
@NullMarked
package firstlight.image.resize;

import org.jspecify.annotations.NullMarked;
