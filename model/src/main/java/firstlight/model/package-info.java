/** The vocabulary of the house: values and the few ports through which rooms meet. Uses java.base only. */
@NullMarked
package firstlight.model;

import org.jspecify.annotations.NullMarked;
