// STATE/opaque.key: what the names of opaque lists are hashed with (filter/rules/opaque_rules.h): 16 random octets that only
// the daemon's user may read. The first build that hashes a name makes it, and nothing ever replaces it.
//
// It lies beside the image, for the daemon needs both, and whoever holds image and key can test a guess. So the hashes
// keep names from a glance, from a report, and from whoever gets the image alone: copied to another machine, or in a
// backup that leaves this file out.
//
// Lost, or another one put in its place, it opens no image made before: the lists are built again, which needs their sources.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "filter/image.h"

namespace schoolgate::lists {

std::string opaque_key_path(const std::string& state_folder);

// kNotFound when there is none; kDamaged when its length is wrong; kForbidden when this user may not read it.
base::Result<filter::OpaqueKey> read_opaque_key(const std::string& state_folder);

// For a build: the key that is there, or a new one. kForbidden when others may read the one that is there: the time to say so
// is before more is hashed with it. Who opens an image takes it all the same: no school loses its filter over a mode.
base::Result<filter::OpaqueKey> take_opaque_key(const std::string& state_folder);

// Image::open() with the key of the state folder; kForbidden, with the key's path and what to do, when it does not fit.
base::Result<std::shared_ptr<const filter::Image>> open_image(const std::string& path, const std::string& state_folder);

}  // namespace schoolgate::lists
