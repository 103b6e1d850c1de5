package io.bongsu.rules.yaml;

/** A piece of a YAML document and where it begins: line and column count from 1, columns in code points. */
public sealed interface YamlNode permits YamlMap, YamlList, YamlScalar {
    String file();

    int line();

    int column();
}
