using System.Globalization;
using Culvert.Engine.Configuration;
using Culvert.Engine.Diagnostics;
using Culvert.Options;

namespace Culvert.Engine.Loading;

/// <summary>Turns what a stage's own rules report into diagnostics with the key and its place in the file.</summary>
internal sealed class StageReport(FileNode entry, string id, DiagnosticBag diagnostics) : OptionsReport
{
    public override void Error(string key, string message, string remedy) => Add(DiagnosticCodes.RuleBroken, key, message, remedy);

    public override void Warning(string key, string message, string remedy) => Add(DiagnosticCodes.RuleWarning, key, message, remedy);

    private void Add(DiagnosticCode code, string key, string message, string remedy) =>
        diagnostics.Add(code, Locate(key), Sentence(id, key, message), remedy);

    // A key that is not in the file (its default broke the rule) has the place of the nearest value around it.
    private SourcePosition Locate(string path)
    {
        var node = entry;
        var position = entry.Position;
        foreach (var step in Steps(path))
        {
            if (int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && node.FileItems is { } items)
            {
                if (index >= items.Count)
                {
                    break;
                }

                node = items[index];
                position = node.Position;
            }
            else if (node.Find(step) is { } found)
            {
                node = found.Value;
                position = found.Position;
            }
            else
            {
                break;
            }
        }

        return position;
    }

    private static string[] Steps(string path) => path.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries);
}
