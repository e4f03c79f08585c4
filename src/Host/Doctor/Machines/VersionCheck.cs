namespace Culvert.Host.Doctor.Machines;

/// <summary>A pipeline that still runs the program of before an update.</summary>
internal sealed class VersionCheck() : Check("versions")
{
    public override IEnumerable<Finding> Find(Site site)
    {
        if ((string?)site.Status?["version"] is var running && site.Status is not null && running != ProductVersion.Number)
        {
            yield return new Finding(
                $"the pipeline runs culvert {running ?? "of an unknown version"}, but version {ProductVersion.Number} is installed", "restart it: the update is not in use yet");
        }
    }
}
