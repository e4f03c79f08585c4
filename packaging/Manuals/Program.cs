using System.Globalization;
using Culvert.Packaging.Manuals;

// Manuals PLUGINS_FOLDER OUT_FOLDER: man1/ and man5/ below the second. SOURCE_DATE_EPOCH gives the pages their date.
var date = DateTimeOffset.FromUnixTimeSeconds(long.Parse(Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH") ?? "0", CultureInfo.InvariantCulture));
foreach (var page in CommandPages.Create(date).Append(PipelinePage.Create(args[0], date)))
{
    var folder = Directory.CreateDirectory(Path.Combine(args[1], $"man{page.SectionNumber}")).FullName;
    File.WriteAllText(Path.Combine(folder, $"{page.Name}.{page.SectionNumber}"), page.ToString());
}
