using Culvert.Engine.Loading;

namespace Engine.Tests.Configuration;

/// <summary>Loads texts against the model stages.</summary>
internal static class Yaml
{
    /// <summary>A whole pipeline that is right.</summary>
    public const string Good = """
        stages:
          - stage: tun
            device: culvert0
          - stage: mss-clamp
          - stage: plaintext
          - stage: udp

        """;

    public static LoadedPipeline Load(string text, string directory = "/site") =>
        new PipelineLoader(ModelStages.All).LoadText(text, "pipeline.yaml", directory);

    /// <summary>A pipeline around one entry, which must be a stage that passes ip packets on.</summary>
    public static LoadedPipeline LoadEntry(string entry) =>
        Load($"stages:\n  - {{stage: tun, device: a}}\n{Indent(entry)}\n  - {{stage: plaintext}}\n  - {{stage: udp}}\n");

    public static string Diagnostics(LoadedPipeline loaded) => string.Join("\n", loaded.Diagnostics);

    private static string Indent(string entry) => "  - " + entry.TrimEnd().Replace("\n", "\n    ", StringComparison.Ordinal);
}
