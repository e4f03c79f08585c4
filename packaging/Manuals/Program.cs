using System.Globalization;

namespace Culvert.Packaging.Manuals;

/// <summary>Manuals PLUGINS_FOLDER OUT_FOLDER: writes man1/ and man5/ below the second. SOURCE_DATE_EPOCH is the date of the pages.</summary>
internal static class Program
{
    private static void Main(string[] args)
    {
        var epoch = long.Parse(Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH") ?? "0", CultureInfo.InvariantCulture);
        var date = DateTimeOffset.FromUnixTimeSeconds(epoch);
        foreach (var page in CommandPages.Create(date).Append(PipelinePage.Create(args[0], date)))
        {
            var folder = Directory.CreateDirectory(Path.Combine(args[1], $"man{page.SectionNumber}")).FullName;
            File.WriteAllText(Path.Combine(folder, $"{page.Name}.{page.SectionNumber}"), page.ToString());
        }
    }
}
