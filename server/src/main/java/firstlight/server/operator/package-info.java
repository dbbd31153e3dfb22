/** What a person at the command line meets, whichever command it is: an error with its cure, the terminal, a line that tells how far it is. */
@NullMarked
package firstlight.server.operator;

import org.jspecify.annotations.NullMarked;
