using Culvert.Options;

namespace Culvert.Testing;

/// <summary>Records what a stage's <c>Validate</c> or <c>ValidatePlan</c> reports, in the words that the host prints. Not thread-safe.</summary>
/// <param name="id">The entry's id in the messages.</param>
public sealed class OptionsRecorder(string id = "stage") : OptionsReport
{
    private readonly List<OptionsFinding> _findings = [];

    /// <summary>Everything reported so far, in order.</summary>
    public IReadOnlyList<OptionsFinding> Findings => _findings;

    /// <summary>The errors alone.</summary>
    public IReadOnlyList<OptionsFinding> Errors => [.. _findings.Where(finding => finding.IsError)];

    /// <inheritdoc/>
    public override void Error(string key, string message, string remedy) => Add(true, key, message, remedy);

    /// <inheritdoc/>
    public override void Warning(string key, string message, string remedy) => Add(false, key, message, remedy);

    /// <summary>One line for each finding.</summary>
    public override string ToString() => string.Join('\n', _findings);

    private void Add(bool isError, string key, string message, string remedy) =>
        _findings.Add(new OptionsFinding(isError, key, Sentence(id, key, message), remedy));
}

/// <summary>One finding of a validation.</summary>
/// <param name="IsError">Whether it keeps the pipeline from starting; otherwise a warning.</param>
/// <param name="Key">The key, or a path of keys and indexes; empty for the whole entry.</param>
/// <param name="Message">The message as the host prints it, with id and key.</param>
/// <param name="Remedy">What to do.</param>
public sealed record OptionsFinding(bool IsError, string Key, string Message, string Remedy)
{
    /// <summary>The line of a diagnostic without its file and code.</summary>
    public override string ToString() => $"{(IsError ? "error" : "warning")}: {Message}; {Remedy}";
}
