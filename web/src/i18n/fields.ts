import type { Messages } from './t'

// Editors and displays of single field types.
export default {
  'field.stars': ['{n} 分，满分 {max} 分', '{n} of {max}'],
  'field.noStars': ['清除评分', 'Clear the rating'],
  'field.region': ['省市区', 'Province, city, district'],
  'field.detail': ['详细地址', 'Street and number'],
  'field.lng': ['经度', 'Longitude'],
  'field.lat': ['纬度', 'Latitude'],
  'field.locate': ['填入当前位置', 'Use my position'],
  'field.locating': ['正在定位…', 'Finding the position…'],
  'field.notLocated': ['没有得到位置：请允许浏览器使用定位，或直接填写经纬度。', 'There is no position: allow the browser to use it, or write longitude and latitude.'],
  'field.scan': ['扫码填入', 'Scan a code'],
  'field.scanTitle': ['把码对准取景框', 'Point the camera at the code'],
  'field.noCamera': ['打不开摄像头：请允许浏览器使用摄像头，或直接输入。', 'The camera cannot be opened: allow the browser to use it, or type the code.'],
  'field.code': ['{text} 的码', 'Code of {text}'],
  'field.rich.tools': ['文字格式', 'Text format'],
  'field.rich.bold': ['加粗', 'Bold'],
  'field.rich.italic': ['斜体', 'Italic'],
  'field.rich.underline': ['下划线', 'Underline'],
  'field.rich.strike': ['删除线', 'Strike through'],
  'field.rich.heading': ['标题', 'Heading'],
  'field.rich.quote': ['引用', 'Quote'],
  'field.rich.bullets': ['项目列表', 'Bullet list'],
  'field.rich.numbers': ['编号列表', 'Numbered list'],
  'field.rich.link': ['链接', 'Link'],
  'field.rich.address': ['网址或邮箱', 'Web or e-mail address'],
  'field.rich.setLink': ['加上链接', 'Add the link'],
  'field.rich.plain': ['清除格式', 'Clear the format']
} satisfies Messages
