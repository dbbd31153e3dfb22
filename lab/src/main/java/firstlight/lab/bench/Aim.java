package firstlight.lab.bench;

/** What a figure should reach. */
sealed interface Aim {
    boolean isReached(double ours, double ratio);

    String text();

    record RatioAtLeast(double wanted) implements Aim {
        @Override
        public boolean isReached(double ours, double ratio) {
            return ratio >= wanted;
        }

        @Override
        public String text() {
            return ">=" + wanted + "x";
        }
    }

    record RatioAtMost(double wanted) implements Aim {
        @Override
        public boolean isReached(double ours, double ratio) {
            return ratio <= wanted;
        }

        @Override
        public String text() {
            return "<=" + wanted + "x";
        }
    }

    /** Whatever the peer does. */
    record AtMost(double wanted, String unit) implements Aim {
        @Override
        public boolean isReached(double ours, double ratio) {
            return ours <= wanted;
        }

        @Override
        public String text() {
            return "<=" + Series.number(wanted) + unit;
        }
    }

    /** Whatever the peer does. */
    record AtLeast(double wanted) implements Aim {
        @Override
        public boolean isReached(double ours, double ratio) {
            return ours >= wanted;
        }

        @Override
        public String text() {
            return ">=" + Series.number(wanted);
        }
    }

    /** Measured to be known. */
    record Open() implements Aim {
        @Override
        public boolean isReached(double ours, double ratio) {
            return true;
        }

        @Override
        public String text() {
            return "-";
        }
    }
}
