using System.Globalization;
using System.Xml.Linq;
using Culvert.Engine.Diagnostics;
using Culvert.Tools.Cases;

namespace Culvert.Host.Output;

/// <summary>Results in the XML that JUnit introduced and build servers read: a suite for each file. A file that is wrong is a suite with an error.</summary>
internal sealed class TestJunit(TextWriter output) : TestOutput
{
    private readonly XElement _suites = new("testsuites");
    private XElement? _suite;

    public override void Begin(CaseFile file)
    {
        _suite = new XElement("testsuite", new XAttribute("name", Clean(SecretMask.Apply(file.Path))));
        _suites.Add(_suite);
        if (!file.IsValid)
        {
            var text = string.Join('\n', file.Diagnostics);
            _suite.Add(new XElement("testcase", new XAttribute("name", "the file"), new XElement("error", new XAttribute("message", "the file is wrong"), Clean(text))));
        }
    }

    public override void Write(CaseResult result)
    {
        var test = new XElement("testcase", new XAttribute("name", Clean(result.Case.Name)), new XAttribute("classname", Clean(result.Case.Position.ShownFile)), Time(result.Duration));
        foreach (var failure in result.Failures)
        {
            using var packet = new StringWriter { NewLine = "\n" };
            packet.WriteLine($"{failure.Position}: {failure.Message}");
            WritePacket(result, failure, packet, new Colours(enabled: false));
            test.Add(new XElement("failure", new XAttribute("message", Clean(failure.Message)), Clean(packet.ToString())));
        }

        _suite!.Add(test);
    }

    public override void End()
    {
        foreach (var suite in _suites.Elements().Prepend(_suites))
        {
            var tests = suite.DescendantsAndSelf("testcase").ToList();
            suite.Add(
                new XAttribute("tests", tests.Count), new XAttribute("failures", tests.Count(test => test.Element("failure") is not null)),
                new XAttribute("errors", tests.Count(test => test.Element("error") is not null)));
        }

        output.WriteLine("""<?xml version="1.0" encoding="UTF-8"?>""");
        output.WriteLine(_suites.ToString());
    }

    private static XAttribute Time(TimeSpan duration) => new("time", duration.TotalSeconds.ToString("0.000000", CultureInfo.InvariantCulture));

    // XML 1.0 has no place for most control characters.
    private static string Clean(string text) => string.Concat(text.Select(letter => letter is '\n' or '\t' or >= ' ' and < '\ufffe' ? letter : '?'));
}
