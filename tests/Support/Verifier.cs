using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Xunit;
using Xunit.Sdk;

namespace VerifyXunit;

/// <summary>
/// Stands in for the package of the same name until its core can be restored (docs/decisions/0002-snapshots.md), with the conventions
/// of that package exactly: <c>Class.Method.verified.txt</c> beside the test, <c>.received.txt</c> on a mismatch, LF line endings, no
/// byte order mark demanded, nothing accepted by itself. When the package restores, this file goes and tests stay as they are.
/// </summary>
public static class Verifier
{
    /// <summary>Compares a text with the verified file beside the calling test.</summary>
    public static SettingsTask Verify(string target, [CallerFilePath] string sourceFile = "") => new(target, sourceFile);
}

/// <summary>A comparison that runs when it is awaited.</summary>
public sealed class SettingsTask(string target, string sourceFile)
{
    private string? _parameters;
    private string? _methodName;
    private string? _typeName;

    /// <summary>Adds a theory's arguments to the file's name: <c>Class.Method_text.verified.txt</c>.</summary>
    public SettingsTask UseTextForParameters(string text)
    {
        _parameters = text;
        return this;
    }

    /// <summary>Names the method part of the file's name.</summary>
    public SettingsTask UseMethodName(string name)
    {
        _methodName = name;
        return this;
    }

    /// <summary>Names the class part of the file's name.</summary>
    public SettingsTask UseTypeName(string name)
    {
        _typeName = name;
        return this;
    }

    public TaskAwaiter GetAwaiter() => CompareAsync().GetAwaiter();

    private static string Normalise(string text) =>
        text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

    private async Task CompareAsync()
    {
        var method = TestContext.Current.TestMethod
            ?? throw new InvalidOperationException("Verify is for the body of a test.");
        var typeName = _typeName ?? TestContext.Current.TestClass!.TestClassSimpleName.Split('.', '+')[^1];
        var name = string.Create(CultureInfo.InvariantCulture, $"{typeName}.{_methodName ?? method.MethodName}");
        if (_parameters is not null)
        {
            name += "_" + _parameters;
        }

        var folder = Path.GetDirectoryName(sourceFile)!;
        var verifiedPath = Path.Combine(folder, name + ".verified.txt");
        var receivedPath = Path.Combine(folder, name + ".received.txt");
        var received = Normalise(target);
        var verified = File.Exists(verifiedPath) ? Normalise(await File.ReadAllTextAsync(verifiedPath)) : null;
        if (verified is not null && verified.TrimEnd('\n') == received.TrimEnd('\n'))
        {
            File.Delete(receivedPath);
            return;
        }

        await File.WriteAllTextAsync(receivedPath, received, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        throw new XunitException(Explain(verified, received, verifiedPath, receivedPath));
    }

    private static string Explain(string? verified, string received, string verifiedPath, string receivedPath)
    {
        var text = new StringBuilder();
        text.AppendLine(verified is null ? "New snapshot:" : "Snapshot differs:");
        text.AppendLine("  received: " + receivedPath).AppendLine("  verified: " + verifiedPath);
        text.AppendLine("Look at the difference; to accept it, rename received to verified.");
        text.AppendLine("--- received").AppendLine(received).AppendLine("--- verified").AppendLine(verified ?? "(none)");
        return text.ToString();
    }
}
