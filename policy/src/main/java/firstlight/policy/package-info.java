/** Identity, facts, rules, menus and work: pure decisions that carry their reasons. */
@NullMarked
package firstlight.policy;

import org.jspecify.annotations.NullMarked;
