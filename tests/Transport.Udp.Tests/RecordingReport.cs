using Culvert.Options;

namespace Transport.Udp.Tests;

/// <summary>Keeps what a validation reports.</summary>
internal sealed class RecordingReport : OptionsReport
{
    public List<(string Key, string Message, string Remedy)> Errors { get; } = [];

    public override void Error(string key, string message, string remedy) => Errors.Add((key, message, remedy));

    public override void Warning(string key, string message, string remedy)
    {
    }
}
