package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.FactName;
import firstlight.model.Facts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScriptVariablesTest {
    /** What the server notes, and what only who answers a PC knows. */
    private static final Set<FactName> TOLD_BY_NO_ENGINE = EnumSet.of(FactName.ADDRESS, FactName.MISSED_DISK);

    /** One that is spelled otherwise is empty in a script, in silence: FL_MEMORY, of a rule's memory. */
    @Test
    void thePageThatScriptsAreWrittenByNamesTheVariableOfEachFact() throws IOException {
        Map<FactName, List<String>> all = new EnumMap<>(FactName.class);
        EnumSet.complementOf(EnumSet.copyOf(TOLD_BY_NO_ENGINE)).forEach(fact -> all.put(fact, List.of("x")));
        String page = Files.readString(Path.of("../docs/policy.md"));
        assertThat(ScriptVariables.of(new Facts(all)).keySet())
                .contains("FL_MEMORY_MIB")
                .allMatch(name -> page.contains("`" + name + "`"));
    }
}
