/** The configuration file: YAML into records, every key and value checked. */
@NullMarked
package firstlight.server.configuration;

import org.jspecify.annotations.NullMarked;
