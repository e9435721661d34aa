using System.Reflection;
using Nuke.Common.Execution;
using Serilog;

namespace Nuke.Common.ValueInjection;

[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public abstract class ValueInjectionAttributeBase : Attribute
{
    public INukeBuild Build { get; internal set; }

    public virtual int Priority => 0;

    public virtual bool SuppressWarnings => false;

    public abstract object GetValue(MemberInfo member, object instance);

    /// <remarks>A value that does not parse is a warning only, as in NUKE; RelayOps checks values itself before the build starts.</remarks>
    public object TryGetValue(MemberInfo member, object instance)
    {
        try
        {
            return GetValue(member, instance);
        }
        catch (Exception exception)
        {
            if (!SuppressWarnings && !member.IsDefined(typeof(OptionalAttribute)))
            {
                Log.Warning(Invocation.Unwrap(exception), "Could not inject value for {Member}", $"{member.DeclaringType.Name}.{Members.ShortName(member)}");
            }

            return null;
        }
    }
}
