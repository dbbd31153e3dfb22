/** Conditions over facts, three-valued, and the rules that they decide. */
@NullMarked
package firstlight.policy.rule;

import org.jspecify.annotations.NullMarked;
