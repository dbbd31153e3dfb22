/** GPT and MBR partition tables. */
@NullMarked
package firstlight.image.table;

import org.jspecify.annotations.NullMarked;
