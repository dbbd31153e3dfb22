/** File systems that are made anew on a restore's target, file by file, where no tool can give them another length or other sectors. */
@NullMarked
package firstlight.image.anew;

import org.jspecify.annotations.NullMarked;
