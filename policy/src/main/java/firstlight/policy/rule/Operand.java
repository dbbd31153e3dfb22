package firstlight.policy.rule;

import firstlight.model.Ipv4Address;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a fact is compared with. All but {@code in} have exactly one. */
sealed interface Operand {
    /** As it is written in a condition on {@code fact}. */
    String words(Fact fact);

    /** Of {@code is known}. */
    record Nothing() implements Operand {
        @Override
        public String words(Fact fact) {
            return "";
        }
    }

    /** @param small the same in small letters, in the same order: text is compared without case */
    record Texts(List<String> texts, List<String> small) implements Operand {
        public Texts {
            texts = List.copyOf(texts);
            small = List.copyOf(small);
        }

        static Texts of(List<String> texts) {
            return new Texts(
                    texts,
                    texts.stream().map(text -> text.toLowerCase(Locale.ROOT)).toList());
        }

        @Override
        public String words(Fact fact) {
            return texts.stream()
                    .map(text -> fact.kind() == Fact.Kind.WORD ? text : quoted(text))
                    .collect(Collectors.joining(", "));
        }
    }

    /**
     * @param values octets, or a count; 0 or more
     * @param written each with its unit
     */
    record Numbers(List<Long> values, List<String> written) implements Operand {
        public Numbers {
            values = List.copyOf(values);
            written = List.copyOf(written);
        }

        @Override
        public String words(Fact fact) {
            return String.join(", ", written);
        }
    }

    /** @param packed as {@link FactValues#network} packs them */
    record Networks(List<Long> packed) implements Operand {
        public Networks {
            packed = List.copyOf(packed);
        }

        @Override
        public String words(Fact fact) {
            return packed.stream().map(Networks::words).collect(Collectors.joining(", "));
        }

        private static String words(long packed) {
            int prefix = (int) (packed & 0xff);
            String address = new Ipv4Address((int) (packed >>> 8)).toString();
            return prefix == 32 ? address : address + "/" + prefix;
        }
    }

    /** A regular expression of the whole text, without case; compares by its text. */
    record Expression(String text, Pattern pattern) implements Operand {
        static Expression of(String text) {
            return new Expression(text, Pattern.compile(text, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE));
        }

        @Override
        public String words(Fact fact) {
            return quoted(text);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Expression that && text.equals(that.text);
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
