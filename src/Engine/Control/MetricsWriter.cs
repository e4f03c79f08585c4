using System.Globalization;
using System.Text;

namespace Culvert.Engine.Control;

/// <summary>Writes metrics in the text format of Prometheus (exposition format 0.0.4). Not thread-safe.</summary>
internal sealed class MetricsWriter
{
    private readonly StringBuilder _text = new();

    /// <summary>Begins a metric: all its samples follow before the next one begins.</summary>
    /// <param name="name">In base units; a counter's ends in <c>_total</c>.</param>
    /// <param name="type"><c>counter</c> or <c>gauge</c>.</param>
    /// <param name="help">One sentence.</param>
    public void Begin(string name, string type, string help) =>
        _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    /// <summary>Writes a sample; nothing where the value is null.</summary>
    public void Sample(string name, double? value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (value is null)
        {
            return;
        }

        _text.Append(name);
        for (var i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        }

        _text.Append(labels.Length == 0 ? " " : "} ").Append(value.Value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>Writes a metric that has one sample without labels.</summary>
    public void Single(string name, string type, string help, double value)
    {
        Begin(name, type, help);
        Sample(name, value);
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
