using Culvert.Options;

namespace Windows.Tests;

/// <summary>Keeps the keys that a validation complains of.</summary>
internal sealed class RecordingReport : OptionsReport
{
    public List<string> Keys { get; } = [];

    public override void Error(string key, string message, string remedy) => Keys.Add(key);

    public override void Warning(string key, string message, string remedy) => Keys.Add(key);
}
