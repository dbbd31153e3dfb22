#!/bin/sh
# Imaging by hand; docs/manual.md.
exec /firstlight/jre/bin/java @JAVA_OPTIONS@ @/run/firstlight.java -cp "$(cat /firstlight/classpath)" firstlight.engine.img.Img "$@"
