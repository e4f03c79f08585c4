using System.Text;
using Microsoft.Extensions.Logging;

namespace Culvert.Host.Run;

/// <summary>A text writer whose lines become error lines of the log, for where nobody sees standard error. Not thread-safe.</summary>
internal sealed class LogWriter(ILogger logger) : TextWriter
{
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        if (value is not '\n')
        {
            _line.Append(value);
            return;
        }

        var text = _line.ToString().TrimEnd();
        _line.Clear();
        if (text.Length > 0)
        {
            RunLog.Diagnostic(logger, text);
        }
    }
}
